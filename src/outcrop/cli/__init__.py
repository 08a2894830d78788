"""The `outcrop` command, one file per subcommand."""
