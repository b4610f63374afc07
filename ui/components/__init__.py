"""Our own browser components; each is a file of JavaScript beside the module that mounts it."""
