"""One module per make or family of devices, and the wires they hang on."""
