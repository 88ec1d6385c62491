"""Bodies that carry their own checksum."""
import hashlib


def body(seed, size):
    """`size' bytes that follow from the seed, and behind them their sum."""
    block = hashlib.sha256(seed.encode()).digest()
    data = (block * (size // len(block) + 1))[:size]
    return data + hashlib.sha256(data).hexdigest().encode()


def sound(data):
    """Is it such a body, whole?"""
    return len(data) >= 64 and \
        hashlib.sha256(data[:-64]).hexdigest().encode() == data[-64:]
