"""leaninspect against a real Docker Engine: images it builds, and what it says about them itself."""
