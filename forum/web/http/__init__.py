"""What every page needs: transactions, guards, the current user, error pages, unsent forms."""
