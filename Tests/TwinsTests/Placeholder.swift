// Placeholder: deleted by the first test.
