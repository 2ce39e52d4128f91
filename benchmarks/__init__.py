"""What the engine takes in time and memory, side by side with what the same work must take and usually takes.

``make benchmark``, or ``python -m benchmarks --help``. Never a part of the product; nothing here is installed.
"""
