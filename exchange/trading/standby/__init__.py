"""Warm standby: books kept up with the journals of other owners, ready to be traded on."""
