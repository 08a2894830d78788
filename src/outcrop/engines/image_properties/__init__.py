"""Image properties: colours, brightness, contrast and sharpness, computed from the pixels."""
