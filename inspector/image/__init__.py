"""What an image is: digests, descriptors, manifests, config, platform. Values only; nothing here reads a file."""
