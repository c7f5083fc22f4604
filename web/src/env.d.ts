/** Names this build of the page: set by vite.config.ts. */
declare const __BUILD__: string;
