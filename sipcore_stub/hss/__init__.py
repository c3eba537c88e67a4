"""The HSS: subscribers, their vectors and the registration flag, and their service profiles with filter criteria."""
