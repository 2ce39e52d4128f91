"""The demonstration: an invented organisation to try the tool on."""
