"""The verdict: the states and their merge law, and how outcomes add up for a requirement, a class and the run."""
