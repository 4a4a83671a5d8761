"""Verbs of the room: ``bodies.register``, ``people.add``, ``appointments.appoint``, …; one module per noun."""
