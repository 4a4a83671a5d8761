"""监管总览: what the authority of a tier sees of its departments."""
