"""Tests: one file a module, pages without a browser, and browser/ with one."""
