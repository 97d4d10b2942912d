"""A real server and a real Chromium: tests, measurements, and the README's screenshots."""
