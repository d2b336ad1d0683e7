// Placeholder: deleted by this room's first file.
