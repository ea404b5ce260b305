"""The steps of the main job, in the order in which they are played."""
