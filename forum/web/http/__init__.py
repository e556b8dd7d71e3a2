"""The plumbing of pages: transactions, access, the current user, error pages, forms that came back."""
