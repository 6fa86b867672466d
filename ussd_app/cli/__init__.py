"""The commands an officer or an operator types: flask --app wsgi …"""
