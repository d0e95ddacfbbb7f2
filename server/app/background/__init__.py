"""What goes on beside the calls: schedules, and work that other processes left."""
