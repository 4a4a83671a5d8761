"""The frame of the site: who may open what, how a refusal is shown, lists, forms, the shell."""
