"""What models stand on: presets, bases, device and precision, cards, memory."""
