"""Which settings are wrong?"""
