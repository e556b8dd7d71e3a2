"""The benchmark: what a page costs, beside what the least that Flask can do costs."""
