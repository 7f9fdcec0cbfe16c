enum PlaceholderCommandTests {}
