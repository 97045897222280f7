"""Reading files of other systems, and bringing what they say in through the acts."""
