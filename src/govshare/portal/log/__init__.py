"""The evidence log as each may see it, and its check for the audit administrator 「审计管理员」."""
