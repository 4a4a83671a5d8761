"""The portal: pages for people, in Chinese first."""
