FROM python:3.12-slim
RUN useradd --system --create-home bam
WORKDIR /bam
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
USER bam
ENV PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "128", "--no-access-log", "--respawn-failed-workers", "wsgi:app"]
