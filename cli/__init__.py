"""What people and make call, a module a command. Not here: what a command does (the rooms it calls)."""
