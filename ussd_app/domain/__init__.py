"""What is true of people, payments and money, knowing no clock, network or database."""
