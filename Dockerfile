# docker build -t medusa_nb . && docker run -p 8000:8000 -e MEDUSA_API_KEY=change-me medusa_nb
FROM python:3.11-slim
WORKDIR /app
COPY . .
# torch's CPU build; for a GPU begin with an image that has CUDA, and leave --index-url out
RUN pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
 && pip install --no-cache-dir -c constraints.txt -e '.[serve,otel]' \
 && useradd --create-home medusa && install -d -o medusa -g medusa /home/medusa/.cache      # a volume takes its owner from here
USER medusa
ENV MEDUSA_HOST=0.0.0.0
# models and measured step costs are kept here: mount it to keep them
VOLUME /home/medusa/.cache
EXPOSE 8000
HEALTHCHECK --start-period=5m CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health')"
CMD ["medusa", "serve"]
