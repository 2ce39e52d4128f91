"""Certification Removal Tool: take people off certifications in bulk, see who before, prove it afterwards."""

__version__ = "0.1.0"
