"""Members: accounts, capacities, profiles, passwords, sessions and the links in their mail."""
