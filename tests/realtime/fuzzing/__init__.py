"""Frames that no client should send, to the real consumer: it answers, and never falls over."""
