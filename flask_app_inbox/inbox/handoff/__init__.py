"""The folder that the vendor's support needs to place the widget."""
