"""Mail: confirmations to people, digests to staff, thanks. It waits in the contacts file until it is sent."""
