"""Whether an owner's FileMaker Server answers as the reference says: looked at on a scratch layout, told without contents."""
