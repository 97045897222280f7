"""The demonstration network: facts of the study entered through the acts (DOMAIN 4, 5). Persons are invented."""
