"""What the vendor's support needs to place the widget, as one folder."""
