"""The simulated networks: a mobile operator's SMS and USSD gateway, and a mobile-money provider, over real HTTP."""
