"""What search finds texts by: written with every text, made anew by a command and by the worker."""
