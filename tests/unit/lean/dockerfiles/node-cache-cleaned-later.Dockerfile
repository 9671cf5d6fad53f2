FROM node:20-bookworm-slim
WORKDIR /app
COPY . .
RUN npm install
RUN npm cache clean --force
CMD ["node", "index.js"]
