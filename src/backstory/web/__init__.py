"""All that speaks HTTP outwards: addresses, the fetcher, its guard, robots.txt."""
