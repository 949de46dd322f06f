"""What we measure, each against a peer or a limit, one command each."""
