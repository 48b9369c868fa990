"""What each computation does: arrays read from the working file, compute called, computed.* written."""
